"""What the commands do. Scrapy imports every command before it runs one; what one needs is imported here."""
