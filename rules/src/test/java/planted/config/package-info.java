/** What is set in the planted service. */
package planted.config;
