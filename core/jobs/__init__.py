"""Work outside the request: the outbox, which loses no job, the queue, and the processes of a site."""
