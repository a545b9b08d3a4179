/** The settings: every variable with its default and description, and their only reader. */
@NullMarked
package dev.synthlab.config;

import org.jspecify.annotations.NullMarked;
