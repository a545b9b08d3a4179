/** The official Java library of OpenAI, carried by the call loop. */
@NullMarked
package dev.synthlab.openai;

import org.jspecify.annotations.NullMarked;
