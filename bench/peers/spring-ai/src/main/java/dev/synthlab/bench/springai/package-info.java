/** Spring AI on a seat of the comparison. */
@NullMarked
package dev.synthlab.bench.springai;

import org.jspecify.annotations.NullMarked;
