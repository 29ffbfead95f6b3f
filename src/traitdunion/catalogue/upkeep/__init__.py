"""What keeps entries true: links and cited pages read again, reminders, what is due."""
