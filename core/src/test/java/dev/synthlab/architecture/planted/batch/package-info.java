/** Planted violations. */
@NullMarked
package dev.synthlab.architecture.planted.batch;

import org.jspecify.annotations.NullMarked;
