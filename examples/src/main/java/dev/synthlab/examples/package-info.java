/** Small programs, one for each thing a model can be asked for, and a service made of them. */
@NullMarked
package dev.synthlab.examples;

import org.jspecify.annotations.NullMarked;
