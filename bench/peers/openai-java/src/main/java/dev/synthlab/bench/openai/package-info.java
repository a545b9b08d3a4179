/** OpenAI's own library on a seat of the comparison. */
@NullMarked
package dev.synthlab.bench.openai;

import org.jspecify.annotations.NullMarked;
