/** The composition root: the one place that puts the layer together. */
@NullMarked
package dev.synthlab;

import org.jspecify.annotations.NullMarked;
