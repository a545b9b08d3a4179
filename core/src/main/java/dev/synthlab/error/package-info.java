/** The root of the exceptions of the library. */
@NullMarked
package dev.synthlab.error;

import org.jspecify.annotations.NullMarked;
