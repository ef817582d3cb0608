//! Sage 200: from the list of sites to a client for one of their companies.

use crate::sage_200::Client;
use crate::sage_200::model::Site;

impl Client {
    /// The same client for a company that [`sites().list()`](crate::sage_200::sites::Sites::list) has named: a light view,
    /// like that of [`for_site`](Client::for_site).
    ///
    /// A client may be built before its site is known, as the list of sites needs none:
    ///
    /// ```no_run
    /// use sage_api::sage_200::{Client, Product};
    ///
    /// # async fn example(token: String) -> Result<(), sage_api::Error> {
    /// let client = Client::builder().product(Product::Standard).access_token(token).build()?;
    /// for site in client.sites().list().await? {
    ///     println!("{:?} {:?}", site.site_name, site.company_name);
    ///     let customers = client.for_company(&site).customers().list().top(10).await?;
    ///     println!("{} customers", customers.items.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// If the entry has no ids, the calls of the view fail before they are sent: they never go to another company.
    pub fn for_company(&self, site: &Site) -> Self {
        let company = site.company_id.map(|id| id.to_string());
        Self(
            self.0
                .with_headers([("X-Site", site.site_id.clone()), ("X-Company", company)]),
        )
    }
}
