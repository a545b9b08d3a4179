/** The composition root, which creates all clients of a process. */
@NullMarked
package dev.synthlab;

import org.jspecify.annotations.NullMarked;
