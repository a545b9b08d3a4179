/** The clients of the planted service. */
package planted.infrastructure;
