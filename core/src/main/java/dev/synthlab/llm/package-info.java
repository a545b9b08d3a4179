/** The words a language model is spoken to with, and the client that speaks them. */
@NullMarked
package dev.synthlab.llm;

import org.jspecify.annotations.NullMarked;
