"""What people answer: tasks, approved or declined."""
