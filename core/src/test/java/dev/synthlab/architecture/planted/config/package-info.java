/** Planted violations. */
@NullMarked
package dev.synthlab.architecture.planted.config;

import org.jspecify.annotations.NullMarked;
