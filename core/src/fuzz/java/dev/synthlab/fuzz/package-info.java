/** Fuzz targets: whatever comes from outside may be anything. */
package dev.synthlab.fuzz;
