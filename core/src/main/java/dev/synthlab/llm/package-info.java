/** The client for language models, its requests and its answers. */
@NullMarked
package dev.synthlab.llm;

import org.jspecify.annotations.NullMarked;
