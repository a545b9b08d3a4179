/** The base of every client of a service outside that is no language model. */
@NullMarked
package dev.synthlab.external;

import org.jspecify.annotations.NullMarked;
