"""Records that go out by e-mail as PDF: the dialog, the message with the very file, and what was sent to whom."""
