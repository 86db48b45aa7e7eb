"""What is looked at in the packages of others: known vulnerabilities, and licences."""
