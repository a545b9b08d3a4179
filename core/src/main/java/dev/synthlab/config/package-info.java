/** Every variable the project reads, its default, and the one place that reads it. */
@NullMarked
package dev.synthlab.config;

import org.jspecify.annotations.NullMarked;
