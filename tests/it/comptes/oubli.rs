//! A forgotten password, through a real SMTP server.
