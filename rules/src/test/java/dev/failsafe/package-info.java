/** Stands for a library. */
package dev.failsafe;
