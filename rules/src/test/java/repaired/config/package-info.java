/** What is set in the repaired service. */
package repaired.config;
