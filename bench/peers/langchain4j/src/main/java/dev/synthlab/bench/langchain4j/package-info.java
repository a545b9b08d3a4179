/** LangChain4j on a seat of the comparison. */
@NullMarked
package dev.synthlab.bench.langchain4j;

import org.jspecify.annotations.NullMarked;
