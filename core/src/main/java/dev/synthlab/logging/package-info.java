/** Loggers that say which component speaks, and the one redactor of everything that leaves. */
@NullMarked
package dev.synthlab.logging;

import org.jspecify.annotations.NullMarked;
