/** May this call go out now, what does its answer mean, and what follows a failed attempt? */
@NullMarked
package dev.synthlab.call;

import org.jspecify.annotations.NullMarked;
