"""What a lie can gain: how much more may be given where facts that are taken on trust are told otherwise than they are."""
