/**
 * Bulk runs: they answer the rows of a file, append the results to another file, and can be resumed
 * after any interruption.
 */
@NullMarked
package dev.synthlab.batch;

import org.jspecify.annotations.NullMarked;
