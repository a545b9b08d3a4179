/** Planted violations. */
@NullMarked
package dev.synthlab.architecture.planted.call;

import org.jspecify.annotations.NullMarked;
