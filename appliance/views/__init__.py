"""They watch and never steer."""
