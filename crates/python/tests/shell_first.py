"""Shell first: imported in front of libraries that ask at their import whether they are in a shell."""

from clew._shell import Shell

SHELL = Shell()
