"""Which records a reviewer looks at: a draw by risk and at random, each record with the reasons why it was drawn."""
