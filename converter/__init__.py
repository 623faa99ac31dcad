"""The converter: from Magenta's files to a model the appliance plays."""
