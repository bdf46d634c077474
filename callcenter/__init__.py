"""The call centre: rules, store, feed, services, web, command line. See README.md."""
