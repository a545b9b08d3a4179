/**
 * The bulk run: a file of prompts in, a file of results out, and nothing lost or paid twice when
 * the process dies in between.
 */
@NullMarked
package dev.synthlab.batch;

import org.jspecify.annotations.NullMarked;
