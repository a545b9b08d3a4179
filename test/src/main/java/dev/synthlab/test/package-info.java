/** Tests of code that calls models: scripted answers, manual time, recorded conversations. */
@NullMarked
package dev.synthlab.test;

import org.jspecify.annotations.NullMarked;
