/** The clients of the repaired service. */
package repaired.infrastructure;
