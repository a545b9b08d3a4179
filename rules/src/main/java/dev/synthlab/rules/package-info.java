/** Does a service keep the checklist of the layer? Reads class files and sources, runs nothing. */
@NullMarked
package dev.synthlab.rules;

import org.jspecify.annotations.NullMarked;
