"""The queue of those who approve: the list of tasks, one task on a screen, and every answer."""
