/** Files, libraries and programs of this machine that no other user can have changed. */
@NullMarked
package dev.synthlab.files;

import org.jspecify.annotations.NullMarked;
