/** Planted violations. */
@NullMarked
package dev.synthlab.architecture.planted.http;

import org.jspecify.annotations.NullMarked;
