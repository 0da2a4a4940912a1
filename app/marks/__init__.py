"""The logo: who may use it today and why, the files made per holder, and the live badge."""
