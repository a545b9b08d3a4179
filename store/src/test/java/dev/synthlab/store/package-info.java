/** Tests against real files and a real server. */
@NullMarked
package dev.synthlab.store;

import org.jspecify.annotations.NullMarked;
