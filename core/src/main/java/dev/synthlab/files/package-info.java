/** Files that only their owner can read or change, and that no link leads elsewhere. */
@NullMarked
package dev.synthlab.files;

import org.jspecify.annotations.NullMarked;
