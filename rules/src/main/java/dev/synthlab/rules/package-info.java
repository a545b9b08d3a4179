/** Checks class files and sources of a service against the synthlab rules, without running them. */
@NullMarked
package dev.synthlab.rules;

import org.jspecify.annotations.NullMarked;
