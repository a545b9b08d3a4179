/** The embedded model: a small language model in this process, behind the interface of a server. */
@NullMarked
package dev.synthlab.local;

import org.jspecify.annotations.NullMarked;
