/** Writes a client of a service outside: its sources, a test, and a project around them. */
@NullMarked
package dev.synthlab.cli.generate;

import org.jspecify.annotations.NullMarked;
