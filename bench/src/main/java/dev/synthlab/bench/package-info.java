/** Programs that measure what the library claims, and fail when it does not hold. */
@NullMarked
package dev.synthlab.bench;

import org.jspecify.annotations.NullMarked;
