/** Planted violations. */
@NullMarked
package dev.synthlab.architecture.planted.llm;

import org.jspecify.annotations.NullMarked;
