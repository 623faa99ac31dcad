// The firmware's version: the first number changes with the wire, the others with what the board does.
#pragma once

#define VERSION_MAJOR 1
#define VERSION_MINOR 0
#define VERSION_PATCH 0
