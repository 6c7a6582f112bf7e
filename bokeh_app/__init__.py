"""The advisor's dashboard: a Bokeh server application over HTTP and the marts."""
