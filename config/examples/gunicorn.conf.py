"""gunicorn's settings for 9KCRM, for /etc/9kcrm/gunicorn.conf.py. See 9kcrm-web.service."""

import multiprocessing

# Host, port and number of workers of site.toml count for `9kcrm serve` only: they are said here again.
bind = "127.0.0.1:8000"
workers = min(4, multiprocessing.cpu_count())
worker_class = "gthread"
threads = 8
timeout = 60
graceful_timeout = 30
# nginx keeps its connections open longer than this, and gunicorn closes first.
keepalive = 5
# Each worker opens the site for itself: connections to the database must not be shared across a fork.
preload_app = False
# Heartbeat files in memory: on a busy disk a worker would seem dead.
worker_tmp_dir = "/dev/shm"
# From 25.1 on gunicorn opens a control socket in the home folder, which the unit closes to it.
control_socket_disable = True
accesslog = None
errorlog = "-"
